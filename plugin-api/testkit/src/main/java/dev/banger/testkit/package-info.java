/** testkit. */
package dev.banger.testkit;
