package dev.banger.core.doctor;

import java.nio.file.Path;
import java.util.function.Predicate;

/**
 * A program that must be there.
 *
 * @param debianPackage what brings it
 * @param fits whether the one that was found will do
 * @param misfit what is wrong with it otherwise, for example {@code is not static}
 */
record Tool(String name, String debianPackage, Predicate<Path> fits, String misfit) {
  Tool(String name, String debianPackage) {
    this(name, debianPackage, _ -> true, "");
  }
}
