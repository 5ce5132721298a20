package dev.banger.core.image;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;

/**
 * The {@code image.json} beside an image's files.
 *
 * @param diskMiB virtual size of the root file system
 * @param sizeMiB what the image's files took on the host when it was registered
 */
record ImageManifest(
    String name,
    String kernelVersion,
    long diskMiB,
    long sizeMiB,
    String description,
    Instant createdAt) {
  static final String FILE = "image.json";
  private static final int SCHEMA = 1;
  private static final long MAX_BYTES = 64 * 1024;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  void write(Path file) throws IOException {
    try (JsonGenerator out = JSON.createGenerator(Files.newOutputStream(file))) {
      out.useDefaultPrettyPrinter();
      out.writeStartObject();
      out.writeNumberField("schema", SCHEMA);
      out.writeStringField("name", name);
      out.writeStringField("kernelVersion", kernelVersion);
      out.writeNumberField("diskMiB", diskMiB);
      out.writeNumberField("sizeMiB", sizeMiB);
      out.writeStringField("description", description);
      out.writeStringField("createdAt", createdAt.toString());
      out.writeEndObject();
    }
  }

  /**
   * @throws IOException saying what is wrong, when the file is missing, damaged or of a newer
   *     schema
   */
  static ImageManifest read(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes((int) MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new IOException(FILE + " is larger than " + MAX_BYTES + " bytes");
    }
    Fields fields = new Fields();
    try (JsonParser in = JSON.createParser(new String(bytes, StandardCharsets.UTF_8))) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException(FILE + " is not a JSON object");
      }
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String key = in.currentName();
        in.nextToken();
        fields.take(key, in);
      }
    }
    return fields.toManifest();
  }

  /** What has been read so far; fields that are not known are skipped. */
  private static final class Fields {
    private long schema = -1;
    private String name;
    private String kernelVersion;
    private long diskMiB = -1;
    private long sizeMiB = -1;
    private String description = "";
    private Instant createdAt;

    void take(String key, JsonParser in) throws IOException {
      switch (key) {
        case "schema" -> schema = number(key, in);
        case "name" -> name = text(key, in);
        case "kernelVersion" -> kernelVersion = text(key, in);
        case "diskMiB" -> diskMiB = number(key, in);
        case "sizeMiB" -> sizeMiB = number(key, in);
        case "description" -> description = text(key, in);
        case "createdAt" -> {
          try {
            createdAt = Instant.parse(text(key, in));
          } catch (DateTimeException e) {
            throw new IOException(FILE + ": createdAt is not a time", e);
          }
        }
        default -> in.skipChildren();
      }
    }

    ImageManifest toManifest() throws IOException {
      if (schema > SCHEMA) {
        throw new IOException(
            "%s has schema %d, this banger knows up to %d".formatted(FILE, schema, SCHEMA));
      }
      if (schema < 1 || name == null || kernelVersion == null || createdAt == null) {
        throw new IOException(FILE + " lacks schema, name, kernelVersion or createdAt");
      }
      if (diskMiB < 1 || sizeMiB < 0) {
        throw new IOException(FILE + " lacks diskMiB or sizeMiB, or has a negative one");
      }
      return new ImageManifest(name, kernelVersion, diskMiB, sizeMiB, description, createdAt);
    }

    private static long number(String key, JsonParser in) throws IOException {
      if (in.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        throw new IOException("%s: %s is not a whole number".formatted(FILE, key));
      }
      return in.getLongValue();
    }

    private static String text(String key, JsonParser in) throws IOException {
      if (in.currentToken() != JsonToken.VALUE_STRING) {
        throw new IOException("%s: %s is not a string".formatted(FILE, key));
      }
      return in.getText();
    }
  }
}
