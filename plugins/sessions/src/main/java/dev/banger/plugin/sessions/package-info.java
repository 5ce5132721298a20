/**
 * Commands that go on in a guest while nobody looks: started, listed, read, attached to, ended.
 * What keeps them is the guest's agent, see {@link dev.banger.api.GuestJobs}; here they get names,
 * sentences and a place on the command line.
 */
package dev.banger.plugin.sessions;
