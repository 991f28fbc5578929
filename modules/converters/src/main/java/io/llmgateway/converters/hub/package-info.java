/** What all conversions share: reading fields, warnings, the order of turns, names, ids, media, schemas, signatures. */
package io.llmgateway.converters.hub;
