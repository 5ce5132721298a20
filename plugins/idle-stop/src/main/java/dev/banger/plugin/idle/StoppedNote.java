package dev.banger.plugin.idle;

/**
 * Why a VM was stopped, kept until it is started again.
 *
 * @param why for people, one sentence
 */
record StoppedNote(String why) {}
