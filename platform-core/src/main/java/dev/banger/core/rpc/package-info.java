/**
 * The daemon's face: a Unix socket that admits its owner, JSON-RPC lines, and byte streams. The
 * contract is {@code docs/rpc.md}.
 */
package dev.banger.core.rpc;
