/**
 * The host's end of the link to a guest's agent. Whatever comes from the guest is bounded, cleaned
 * of control characters and waited for no longer than a deadline.
 */
package dev.banger.core.guest;
