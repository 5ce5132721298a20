/**
 * What a program needs to talk to the daemon: where its socket is, one connection, values, errors.
 *
 * <p>JDK only; no reflection, no data binding: the command line starts with it.
 */
package dev.banger.client;
