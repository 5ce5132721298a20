/** Manual pages, made when packages are built; no command loads this. */
package dev.banger.cli.man;
