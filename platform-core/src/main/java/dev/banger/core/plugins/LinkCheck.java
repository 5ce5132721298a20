package dev.banger.core.plugins;

import dev.banger.api.Incubating;
import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether the bytecode of a plugin fits this daemon: what it refers to in the API exists, it brings
 * no copy of the API, refers to nothing of the daemon's own, and is not from a later Java. Runs no
 * code of the plugin.
 */
final class LinkCheck {
  /** Of Java 25. */
  static final int NEWEST_CLASS_FILE = 69;

  private static final int MAX_CLASSES = 50_000;
  private static final int MAX_CLASS_BYTES = 4 << 20;
  private static final long MAX_BYTES = 512L << 20;
  private static final int MAX_PROBLEMS = 20;
  private static final Pattern VERSIONED = Pattern.compile("META-INF/versions/(\\d{1,4})/(.+)");

  /**
   * @param problems one clause each, sorted
   * @param incubating what it uses that is marked {@link Incubating}, sorted
   */
  record Report(List<String> problems, List<String> incubating) {
    Report {
      problems = List.copyOf(problems);
      incubating = List.copyOf(incubating);
    }
  }

  private final Map<String, ClassModel> own = new HashMap<>();
  private final List<ClassModel> models = new ArrayList<>();
  private final NavigableSet<String> problems = new TreeSet<>();
  private final NavigableSet<String> incubating = new TreeSet<>();
  private final HostClasses host = new HostClasses();
  private long bytes;

  private LinkCheck() {}

  /**
   * @param dir with {@code lib/*.jar}, and {@code classes} maybe
   */
  static Report of(Path dir) {
    LinkCheck check = new LinkCheck();
    try {
      check.read(dir);
      check.models.forEach(check::look);
    } catch (IOException e) {
      check.problems.add(e.getMessage());
    }
    return new Report(
        check.problems.stream().limit(MAX_PROBLEMS).toList(), List.copyOf(check.incubating));
  }

  private void read(Path dir) throws IOException {
    Path classes = dir.resolve("classes");
    if (Files.isDirectory(classes)) {
      try (Stream<Path> walk = Files.walk(classes)) {
        for (Path file : walk.filter(path -> path.toString().endsWith(".class")).toList()) {
          try (InputStream in = Files.newInputStream(file)) {
            add(classes.relativize(file).toString(), "classes", in);
          }
        }
      }
    }
    for (Path jar : Pf4jPlugins.jars(dir.resolve("lib"))) {
      String name = "lib/" + jar.getFileName();
      try (JarFile file = new JarFile(jar.toFile())) {
        for (Enumeration<JarEntry> entries = file.entries(); entries.hasMoreElements(); ) {
          JarEntry entry = entries.nextElement();
          if (entry.getName().endsWith(".class") && !entry.isDirectory()) {
            try (InputStream in = file.getInputStream(entry)) {
              add(entry.getName(), name, in);
            }
          }
        }
      } catch (IOException | IllegalArgumentException | SecurityException e) {
        throw new IOException("%s cannot be read: %s".formatted(name, e.getMessage()), e);
      }
    }
  }

  private void add(String path, String container, InputStream in) throws IOException {
    String name = path;
    Matcher versioned = VERSIONED.matcher(path);
    if (versioned.matches()) {
      if (Integer.parseInt(versioned.group(1)) > NEWEST_CLASS_FILE - 44) {
        return;
      }
      name = versioned.group(2);
    }
    if (name.endsWith("module-info.class") || name.startsWith("META-INF/")) {
      return;
    }
    byte[] code = in.readNBytes(MAX_CLASS_BYTES + 1);
    bytes += code.length;
    if (code.length > MAX_CLASS_BYTES || bytes > MAX_BYTES || models.size() == MAX_CLASSES) {
      throw new IOException("%s has too many or too large classes".formatted(container));
    }
    if (code.length < 8) {
      throw new IOException("%s in %s is no class".formatted(path, container));
    }
    int version = ((code[6] & 0xff) << 8) | (code[7] & 0xff);
    String title = name.substring(0, name.length() - ".class".length()).replace('/', '.');
    if (version > NEWEST_CLASS_FILE) {
      problems.add(
          "%s is compiled for Java %d, and this is Java %d"
              .formatted(title, version - 44, NEWEST_CLASS_FILE - 44));
      return;
    }
    if (FilteredParent.isShared(title)) {
      problems.add("%s brings its own copy of %s".formatted(container, title));
      return;
    }
    try {
      ClassModel model = ClassFile.of().parse(code);
      own.putIfAbsent(model.thisClass().asInternalName(), model);
      models.add(model);
    } catch (IllegalArgumentException e) {
      throw new IOException("%s in %s is no class".formatted(path, container), e);
    }
  }

  private void look(ClassModel model) {
    String from = model.thisClass().asInternalName().replace('/', '.');
    try {
      for (PoolEntry entry : model.constantPool()) {
        switch (entry) {
          case ClassEntry type -> type(from, element(type.asInternalName()));
          case MemberRefEntry member -> member(from, member);
          default -> {}
        }
      }
      for (MethodModel method : model.methods()) {
        method.methodTypeSymbol().parameterList().forEach(type -> type(from, name(type)));
        type(from, name(method.methodTypeSymbol().returnType()));
      }
    } catch (IllegalArgumentException e) {
      problems.add("%s is malformed".formatted(from));
    }
  }

  /** Of an array's name, that of what is in it; empty for a primitive. */
  private static String element(String internalName) {
    if (!internalName.startsWith("[")) {
      return internalName;
    }
    String element = internalName.replaceFirst("^\\[+", "");
    return element.startsWith("L") ? element.substring(1, element.length() - 1) : "";
  }

  private static String name(ClassDesc type) {
    return element(type.isArray() ? type.descriptorString() : internal(type));
  }

  private static String internal(ClassDesc type) {
    String text = type.descriptorString();
    return type.isPrimitive() ? "" : text.substring(1, text.length() - 1);
  }

  private void type(String from, String name) {
    if (name.isEmpty() || name.startsWith("java/") || own.containsKey(name)) {
      return;
    }
    String title = name.replace('/', '.');
    if (FilteredParent.isShared(title)) {
      Class<?> there = host.shared(title);
      if (there == null) {
        problems.add("%s needs %s, which this plugin-api does not have".formatted(from, title));
      } else if (there.isAnnotationPresent(Incubating.class)) {
        incubating.add(there.getSimpleName());
      }
    } else if (host.isOwn(name)) {
      problems.add("%s refers to %s, which is the daemon's own".formatted(from, title));
    }
  }

  private void member(String from, MemberRefEntry member) {
    String owner = member.owner().asInternalName();
    if (owner.startsWith("[")) {
      return;
    }
    String name = member.name().stringValue();
    String descriptor = member.type().stringValue();
    if (find(owner, name, descriptor, 0) == Found.MISSING) {
      problems.add(
          "%s needs %s.%s%s, which this plugin-api does not have"
              .formatted(
                  from,
                  owner.replace('/', '.'),
                  name,
                  descriptor.startsWith("(") ? readable(descriptor) : ""));
    }
  }

  private static String readable(String descriptor) {
    return descriptor.substring(0, descriptor.indexOf(')') + 1);
  }

  /** What became of looking for a member. */
  private enum Found {
    THERE,
    /** It could only be in the API, and is not. */
    MISSING,
    /** It is or may be somewhere else. */
    ELSEWHERE
  }

  /** As the JVM does: the class, what it extends, what it implements. */
  private Found find(String owner, String name, String descriptor, int depth) {
    String title = owner.replace('/', '.');
    if (FilteredParent.isShared(title)) {
      Class<?> type = host.shared(title);
      if (type == null) {
        return Found.ELSEWHERE; // told already, as a missing class
      }
      return HostClasses.has(type, name, descriptor, incubating::add) ? Found.THERE : Found.MISSING;
    }
    ClassModel model = own.get(owner);
    if (model == null || depth > 50) {
      return Found.ELSEWHERE;
    }
    if (declares(model, name, descriptor)) {
      return Found.THERE;
    }
    List<String> above = new ArrayList<>();
    model.superclass().ifPresent(type -> above.add(type.asInternalName()));
    model.interfaces().forEach(type -> above.add(type.asInternalName()));
    Found result = Found.ELSEWHERE;
    boolean elsewhere = false;
    for (String parent : above) {
      if (parent.equals("java/lang/Object")) {
        elsewhere |= HostClasses.has(Object.class, name, descriptor, _ -> {});
        continue;
      }
      switch (find(parent, name, descriptor, depth + 1)) {
        case THERE -> {
          return Found.THERE;
        }
        case MISSING -> result = Found.MISSING;
        case ELSEWHERE -> elsewhere = true;
      }
    }
    return elsewhere ? Found.ELSEWHERE : result;
  }

  private static boolean declares(ClassModel model, String name, String descriptor) {
    Collection<?> members = descriptor.startsWith("(") ? model.methods() : model.fields();
    return members.stream()
        .anyMatch(
            member ->
                switch (member) {
                  case MethodModel method ->
                      method.methodName().equalsString(name)
                          && method.methodType().equalsString(descriptor);
                  case java.lang.classfile.FieldModel field ->
                      field.fieldName().equalsString(name)
                          && field.fieldType().equalsString(descriptor);
                  default -> false;
                });
  }
}
