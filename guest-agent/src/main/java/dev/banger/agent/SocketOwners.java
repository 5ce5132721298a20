package dev.banger.agent;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Who holds which socket. What was found before is looked at where it was: that costs far less than
 * a search through all processes. Thread-safe.
 */
final class SocketOwners {
  private final Processes processes;
  private final Map<Long, Processes.Holder> known = new HashMap<>();

  SocketOwners(Processes processes) {
    this.processes = processes;
  }

  /**
   * One process for each of these sockets, as far as they are found.
   *
   * @param inodes all that are of interest; what is not among them is forgotten
   */
  synchronized Map<Long, Processes.Owner> of(Set<Long> inodes) {
    Map<Long, Processes.Owner> owners = new HashMap<>();
    Map<Long, Processes.Owner> read = new HashMap<>();
    for (Map.Entry<Long, Processes.Holder> each : known.entrySet()) {
      long inode = each.getKey();
      Processes.Holder holder = each.getValue();
      if (inodes.contains(inode) && Processes.holds(holder, inode)) {
        Processes.Owner now = read.get(holder.pid());
        if (now == null) {
          // It may have become another program since.
          now = processes.owner(holder.pid());
          read.put(holder.pid(), now);
        }
        owners.put(inode, now);
      }
    }
    known.keySet().retainAll(owners.keySet());
    Set<Long> missing = new HashSet<>(inodes);
    missing.removeAll(owners.keySet());
    if (!missing.isEmpty()) {
      search(missing, owners);
    }
    return owners;
  }

  private void search(Set<Long> missing, Map<Long, Processes.Owner> owners) {
    for (Map.Entry<Long, Processes.Found> each : processes.owners(missing).entrySet()) {
      Processes.Found found = each.getValue();
      owners.put(each.getKey(), found.owner());
      // An init holds sockets until the service that they are for has started.
      if (found.owner().pid() != 1) {
        known.put(each.getKey(), new Processes.Holder(found.owner().pid(), found.file()));
      }
    }
  }
}
