/** What every RPC method takes and answers, as data; and the OpenRPC document made of it. */
package dev.banger.core.rpc.describe;
