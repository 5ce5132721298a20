/** JMH benchmarks of single parts, each with its baseline beside it. */
package dev.banger.bench.micro;
