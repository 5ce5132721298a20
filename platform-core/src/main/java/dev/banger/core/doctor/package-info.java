/**
 * What this host must have, how that was found out, and how to mend it. The same checks are the
 * preflight of requests. Drivers and plugins add theirs.
 */
package dev.banger.core.doctor;
