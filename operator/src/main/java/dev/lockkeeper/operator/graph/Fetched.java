package dev.lockkeeper.operator.graph;

/** What came of asking for a document. */
sealed interface Fetched {

    /**
     * What a later request may say, so that an unchanged document is not sent again.
     *
     * @param etag null: none was sent
     * @param lastModified null: none was sent
     */
    record Validators(String etag, String lastModified) {

        static final Validators NONE = new Validators(null, null);
    }

    /** It is as it was. */
    record NotModified() implements Fetched {}

    record Document(byte[] body, Validators validators) implements Fetched {}
}
