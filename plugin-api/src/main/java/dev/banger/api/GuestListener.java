package dev.banger.api;

/**
 * A socket that waits for others in a guest, as the guest told it: bounded and cleaned of control
 * characters.
 *
 * @param protocol {@code tcp} or {@code udp}
 * @param address as text, for example {@code 0.0.0.0}, {@code ::1} or {@code 10.0.2.15}
 * @param port 1 to 65535
 * @param pid one of the processes that hold it; 0 when none could be found
 * @param process that process's name, at most 64 characters; may be empty
 * @param command its command line with spaces between, at most 512 characters; may be empty
 * @param elsewhere whether it is in another network namespace than the guest's own, as containers'
 *     are: not to be reached under the guest's address
 */
public record GuestListener(
    String protocol,
    String address,
    int port,
    long pid,
    String process,
    String command,
    boolean elsewhere) {}
