/** What the tests of a plugin need: contracts to extend, and a host without a daemon. */
package dev.banger.testkit;
