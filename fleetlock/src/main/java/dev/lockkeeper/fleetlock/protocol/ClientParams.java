package dev.lockkeeper.fleetlock.protocol;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the body {@code {"client_params":{"id":"...","group":"..."}}}: strictly in what it means, tolerant of fields that a later
 * protocol may add.
 */
final class ClientParams {

    private static final int MAX_DEPTH = 16;

    // Names that strangers send are not kept: neither interned nor in a symbol table that all requests share.
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private String id;
    private String group;

    private ClientParams() {}

    /** The request, its values not validated yet; or a refusal of kind decode_error. */
    static Parsed parse(byte[] body) {
        try {
            // Decoded beforehand: the parser would guess the encoding, and lets some broken UTF-8 pass.
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
            try (JsonParser json = JSON.createParser(text)) {
                return new ClientParams().read(json);
            }
        } catch (CharacterCodingException e) {
            return undecodable("it is not UTF-8");
        } catch (JsonEOFException e) {
            return undecodable("it ends too early");
        } catch (StreamConstraintsException e) {
            return undecodable(
                    "it is nested deeper than " + MAX_DEPTH + " levels, or a number or name in it is too long");
        } catch (JsonProcessingException e) {
            return undecodable(
                    e.getOriginalMessage() + " at line " + e.getLocation().getLineNr() + ", column "
                            + e.getLocation().getColumnNr());
        } catch (IOException e) {
            throw new AssertionError("reading a string does no I/O", e);
        }
    }

    private Parsed read(JsonParser json) throws IOException {
        if (json.nextToken() == null) {
            return undecodable("it is empty");
        }
        if (json.currentToken() != JsonToken.START_OBJECT) {
            return undecodable("it is no JSON object");
        }
        boolean found = false;
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            boolean params = json.currentName().equals("client_params");
            JsonToken value = json.nextToken();
            if (!params) {
                json.skipChildren();
            } else if (value != JsonToken.START_OBJECT) {
                return undecodable("client_params is no object");
            } else {
                found = true;
                Parsed wrong = readParams(json);
                if (wrong != null) {
                    return wrong;
                }
            }
        }
        if (json.nextToken() != null) {
            return undecodable("something follows after the JSON object");
        }
        if (!found) {
            return undecodable("client_params is missing");
        }
        if (id == null || group == null) {
            return undecodable("client_params." + (id == null ? "id" : "group") + " is missing");
        }
        return new FleetLockRequest(id, group);
    }

    private Parsed readParams(JsonParser json) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            String name = json.currentName();
            boolean known = name.equals("id") || name.equals("group");
            JsonToken value = json.nextToken();
            if (!known) {
                json.skipChildren();
            } else if (value != JsonToken.VALUE_STRING) {
                return undecodable("client_params." + name + " is no string");
            } else if (name.equals("id")) {
                id = json.getText();
            } else {
                group = json.getText();
            }
        }
        return null;
    }

    private static Refusal undecodable(String why) {
        return new Refusal(
                Kind.DECODE_ERROR,
                "The body is not {\"client_params\":{\"id\":\"...\",\"group\":\"...\"}}: " + why + ".");
    }
}
