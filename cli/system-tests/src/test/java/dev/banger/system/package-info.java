/** Tests of the built distribution: real processes, real guests, the commands a person types. */
package dev.banger.system;
