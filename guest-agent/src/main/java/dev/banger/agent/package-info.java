/** agent. */
package dev.banger.agent;
