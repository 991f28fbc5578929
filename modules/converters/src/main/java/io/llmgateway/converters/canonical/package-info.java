/** Requests and answers in no protocol's terms: the hub of every conversion. */
package io.llmgateway.converters.canonical;
