/** What one attaches to a report of a problem. */
package dev.banger.cli.report;
