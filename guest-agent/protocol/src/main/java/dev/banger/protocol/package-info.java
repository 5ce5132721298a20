/**
 * Frames and messages between host and guest: byte frames, the multiplexer, link synchronisation,
 * and the message codec. No dependencies; the same classes run on both sides. Described in {@code
 * docs/protocol.md}.
 */
package dev.banger.protocol;
