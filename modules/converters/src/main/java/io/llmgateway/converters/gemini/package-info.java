/** Google Gemini: requests, answers and streams as its generateContent methods take and give them. */
package io.llmgateway.converters.gemini;
