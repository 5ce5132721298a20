/** Tar archives, as far as copying to and from a guest needs them; a guest's archive is hostile. */
package dev.banger.tar;
