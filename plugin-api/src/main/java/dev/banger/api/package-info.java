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
 *
 * <h2>Plain records</h2>
 *
 * What is stored or configured is a <em>plain record</em>: its components are {@code String},
 * {@code boolean}, {@code int}, {@code long}, {@code double} or their boxes, {@link
 * java.time.Duration}, {@link java.time.Instant}, {@link java.nio.file.Path}, enums, other plain
 * records, and {@code Optional}, {@code List} and {@code Map<String, ...>} of those. No component
 * is null, and none contains its own type. A type that is none of these is refused in {@code
 * register}.
 */
package dev.banger.api;
