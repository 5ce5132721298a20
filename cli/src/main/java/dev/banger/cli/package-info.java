/** cli. */
package dev.banger.cli;
