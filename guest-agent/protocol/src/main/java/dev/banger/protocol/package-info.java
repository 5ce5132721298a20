/** protocol. */
package dev.banger.protocol;
