package dev.banger.api;

import java.util.List;

/** Has a say before anything of a VM is made or started. */
@FunctionalInterface
public interface Validator {
  /**
   * Called before every create, start and change of what a VM is wanted to be, in parallel with the
   * validators of other plugins; changes nothing. Deadline: 5 s. All problems of all plugins are
   * told at once. A problem that the VM had before does not stand in the way of a change.
   *
   * @param vm as it would be; at a create it has an id and a state {@code starting}, and no guest
   * @return one sentence per problem, with the values in conflict and what to do; empty when fine
   */
  List<String> problems(VmView vm, PluginContext context) throws Exception;
}
