/** The types of provider, one class each. */
package io.llmgateway.upstream.provider;
