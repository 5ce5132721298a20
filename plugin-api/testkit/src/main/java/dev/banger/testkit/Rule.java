package dev.banger.testkit;

import org.junit.jupiter.api.function.Executable;

/**
 * One thing that holds for every plugin.
 *
 * @param sentence what holds; the test's name
 */
record Rule(String sentence, Executable test) {}
