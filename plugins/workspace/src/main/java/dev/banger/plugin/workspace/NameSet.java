package dev.banger.plugin.workspace;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;

/**
 * Which names there were, in 16 bytes or so each: 64 bits of a salted SHA-256, which nobody can
 * make collide who does not know the salt.
 */
final class NameSet {
  private final byte[] salt = new byte[16];
  private final MessageDigest digest;
  private long[] slots = new long[1 << 10];
  private int size;

  NameSet() {
    new SecureRandom().nextBytes(salt);
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Whether it is new. */
  boolean add(String name) {
    if (size > slots.length / 2) {
      long[] old = slots;
      slots = new long[old.length * 2];
      for (long each : old) {
        if (each != 0) {
          slots[slot(each)] = each;
        }
      }
    }
    long key = key(name);
    int slot = slot(key);
    if (slots[slot] == key) {
      return false;
    }
    slots[slot] = key;
    size++;
    return true;
  }

  boolean contains(String name) {
    long key = key(name);
    return slots[slot(key)] == key;
  }

  /** Where it is, or the free one where it goes. */
  private int slot(long key) {
    int mask = slots.length - 1;
    int slot = (int) key & mask;
    while (slots[slot] != 0 && slots[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private long key(String name) {
    digest.update(salt);
    long key = ByteBuffer.wrap(digest.digest(name.getBytes(ISO_8859_1))).getLong();
    return key == 0 ? 1 : key;
  }
}
