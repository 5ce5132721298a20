/**
 * The command line: finds one command by its words, builds that one only, runs it.
 *
 * <p>Every start pays for what is loaded here, so: no reflection, no annotations to scan, no tree
 * of all commands unless help or completion asks for it, no lambdas in static initialisers.
 */
package dev.banger.cli;
