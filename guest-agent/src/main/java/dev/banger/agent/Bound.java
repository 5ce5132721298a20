package dev.banger.agent;

/**
 * A socket that waits for others, as the kernel lists it.
 *
 * @param inode by which the processes that hold it are found
 * @param elsewhere whether it is in another network namespace than the agent
 */
record Bound(boolean udp, int port, String address, long inode, boolean elsewhere)
    implements Comparable<Bound> {
  @Override
  public int compareTo(Bound other) {
    int order = Boolean.compare(udp, other.udp);
    if (order == 0) {
      order = Integer.compare(port, other.port);
    }
    if (order == 0) {
      order = address.compareTo(other.address);
    }
    return order == 0 ? Long.compare(inode, other.inode) : order;
  }
}
