/** Whole processes against a baseline in the same run; what is printed is ratios. */
package dev.banger.bench;
