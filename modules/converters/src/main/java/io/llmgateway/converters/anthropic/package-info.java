/** Anthropic Messages: what the gateway says to its clients, and the byte-exact relay to its providers. */
package io.llmgateway.converters.anthropic;
