package dev.lockkeeper.operator.http;

/** Requests as agents write them. */
final class Requests {

    static final String ID = "978a225b3d7b40e9acd7ce9b62f68444";
    static final String BODY =
            "{\n  \"client_params\": {\n    \"id\": \"" + ID + "\",\n    \"group\": \"workers\"\n  }\n}";
    static final String PROTOCOL = "fleet-lock-protocol: true\r\n";

    private Requests() {}

    static String preReboot() {
        return post("/v1/pre-reboot", PROTOCOL, BODY);
    }

    static String post(String uri, String headers, String body) {
        return head(
                        "POST",
                        uri,
                        headers + "content-length: " + body.getBytes(java.nio.charset.StandardCharsets.UTF_8).length
                                + "\r\n")
                + body;
    }

    static String head(String method, String uri, String headers) {
        return method + " " + uri + " HTTP/1.1\r\nhost: lockkeeper\r\n" + headers + "\r\n";
    }
}
