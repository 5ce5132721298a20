/** api. */
package dev.banger.api;
