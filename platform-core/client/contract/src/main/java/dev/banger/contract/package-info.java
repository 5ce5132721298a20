/** For tests: what goes over the wire, held against the OpenRPC document. */
package dev.banger.contract;
