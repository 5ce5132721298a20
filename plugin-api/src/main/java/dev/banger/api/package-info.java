/**
 * What a plugin author sees of banger, and all of it.
 *
 * <p>Signatures use JDK types only, plus PF4J's marker {@code ExtensionPoint}. Interfaces that the
 * daemon implements ({@link dev.banger.api.CapabilityHost}, {@link dev.banger.api.VmView}, {@link
 * dev.banger.api.CommandCall} ...) may gain methods within a major version; interfaces that a
 * plugin implements only gain default methods. A type marked {@link dev.banger.api.Incubating} may
 * change in any release; every other public type here is stable within a major version.
 *
 * <p>Permissions are guard rails for honest code, not a sandbox: a plugin runs in the daemon's
 * process, as the daemon's user.
 */
package dev.banger.api;
