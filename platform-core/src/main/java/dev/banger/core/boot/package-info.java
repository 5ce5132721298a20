/** Where the daemon begins and ends: a list of modules, start order, reverse stop. */
package dev.banger.core.boot;
