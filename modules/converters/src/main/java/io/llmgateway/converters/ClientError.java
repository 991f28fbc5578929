package io.llmgateway.converters;

/**
 * An error as the client's protocol writes it.
 *
 * @param status the HTTP status
 * @param body the JSON body; not to be changed
 */
@SuppressWarnings("ArrayRecordComponent") // handed to the socket as it is; errors are never compared
public record ClientError(int status, byte[] body) {}
