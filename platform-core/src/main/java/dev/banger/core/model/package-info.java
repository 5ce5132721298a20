/**
 * What banger talks about: ids, sizes, states, records. Nothing here knows anything but the JDK.
 */
package dev.banger.core.model;
