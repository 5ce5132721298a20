/** client. */
package dev.banger.client;
