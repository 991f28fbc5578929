package io.llmgateway.pipeline;

/**
 * An error that is written while the request's own thread is blocked.
 *
 * @param idHeader the name of the field with the request's id, in lower case
 * @param id the request's id
 * @param body the error in the shape of the client's protocol; owned by the receiver
 */
@SuppressWarnings("ArrayRecordComponent") // written once, then gone
public record LastWords(String idHeader, String id, byte[] body) {}
