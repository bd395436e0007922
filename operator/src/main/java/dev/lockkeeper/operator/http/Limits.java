package dev.lockkeeper.operator.http;

import java.time.Duration;

/**
 * What strangers may take of the agents' port.
 *
 * @param bodyTime how long a request's body may take to arrive
 * @param quietTime how long a connection may have no request: more than the 90 s for which agents keep one for their next request
 * @param connections how many connections are open at a time; one more is closed at once
 */
record Limits(Duration bodyTime, Duration quietTime, int connections) {

    static final Limits DEFAULT = new Limits(Duration.ofSeconds(30), Duration.ofMinutes(3), 20_000);

    /** The longest request line that is read, in bytes: a URI that is too long gets an answer up to here. */
    static final int REQUEST_LINE_BYTES = 64 * 1024;

    /** The longest headers that are read, in bytes. */
    static final int HEADER_BYTES = 16 * 1024;
}
