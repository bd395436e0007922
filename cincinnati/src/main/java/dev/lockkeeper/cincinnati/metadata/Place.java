package dev.lockkeeper.cincinnati.metadata;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value in a document, with the words for where it is: whatever is wrong with it is told with file, release and field. Unknown
 * fields are let pass.
 */
final class Place {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final JsonNode node;
    private final String where;

    private Place(JsonNode node, String where) {
        this.node = node;
        this.where = where;
    }

    /** The whole document, which must be one JSON object. */
    static Place document(String file, byte[] json) throws MetadataException {
        try {
            return new Place(JSON.readTree(json), file).object();
        } catch (JsonProcessingException e) {
            throw new MetadataException(
                    file + ": is not JSON: " + e.getOriginalMessage() + " at line "
                            + (e.getLocation() == null
                                    ? "?"
                                    : Integer.toString(e.getLocation().getLineNr())),
                    e);
        } catch (IOException e) {
            throw new MetadataException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    MetadataException wrong(String what) {
        return new MetadataException(where + ": " + what);
    }

    private Place object() throws MetadataException {
        if (!node.isObject()) {
            throw wrong("must be an object, is " + kind());
        }
        return this;
    }

    private String kind() {
        return node.isMissingNode() ? "missing" : node.getNodeType().name().toLowerCase(java.util.Locale.ROOT);
    }

    /** The same value, told of under another name, such as that of its release. */
    Place named(String name) {
        return new Place(node, name);
    }

    String where() {
        return where;
    }

    boolean has(String field) {
        return node.hasNonNull(field);
    }

    /** The object in a field; empty if there is none. */
    Optional<Place> object(String field) throws MetadataException {
        return has(field) ? Optional.of(at(field).object()) : Optional.empty();
    }

    /** The objects in an array; none if the field is absent. */
    List<Place> objects(String field) throws MetadataException {
        if (!has(field)) {
            return List.of();
        }
        JsonNode array = node.get(field);
        if (!array.isArray()) {
            throw at(field).wrong("must be an array, is " + at(field).kind());
        }
        List<Place> places = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            places.add(new Place(array.get(i), where + ": " + field + "[" + i + "]").object());
        }
        return places;
    }

    private Place at(String field) {
        return new Place(node.path(field), where + ": " + field);
    }

    /** A text that must be there and not empty. */
    String text(String field) throws MetadataException {
        return optionalText(field)
                .filter(t -> !t.isEmpty())
                .orElseThrow(() -> at(field).wrong("is missing or empty"));
    }

    Optional<String> optionalText(String field) throws MetadataException {
        if (!has(field)) {
            return Optional.empty();
        }
        if (!node.get(field).isTextual()) {
            throw at(field).wrong("must be a text, is " + at(field).kind());
        }
        return Optional.of(node.get(field).textValue());
    }

    /** The texts in an object of texts, by their field. */
    Map<String, String> texts() throws MetadataException {
        Map<String, String> texts = new HashMap<>();
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            texts.put(field.getKey(), text(field.getKey()));
        }
        return texts;
    }

    /** The pairs of whole numbers in an array. */
    List<int[]> pairs(String field) throws MetadataException {
        JsonNode array = node.path(field);
        if (!array.isArray()) {
            throw at(field).wrong("must be an array, is " + at(field).kind());
        }
        List<int[]> pairs = new ArrayList<>();
        for (int i = 0; i < array.size(); i++) {
            JsonNode pair = array.get(i);
            if (!pair.isArray()
                    || pair.size() != 2
                    || !pair.get(0).canConvertToExactIntegral()
                    || !pair.get(1).canConvertToExactIntegral()) {
                throw at(field).wrong("must be pairs of whole numbers, has " + pair);
            }
            pairs.add(new int[] {pair.get(0).intValue(), pair.get(1).intValue()});
        }
        return pairs;
    }

    /** A whole number of at least 0; the first schema wrote numbers as texts. */
    Optional<Long> wholeNumber(String field) throws MetadataException {
        if (!has(field)) {
            return Optional.empty();
        }
        JsonNode value = node.get(field);
        if (value.isIntegralNumber() && value.canConvertToLong() && value.longValue() >= 0) {
            return Optional.of(value.longValue());
        }
        if (value.isTextual() && value.textValue().matches("[0-9]{1,18}")) {
            return Optional.of(Long.parseLong(value.textValue()));
        }
        throw at(field).wrong("must be a whole number of at least 0, is " + value);
    }

    /** A number of at least 0; the first schema wrote numbers as texts. */
    Optional<Double> number(String field) throws MetadataException {
        if (!has(field)) {
            return Optional.empty();
        }
        JsonNode value = node.get(field);
        double number = Double.NaN;
        if (value.isNumber()) {
            number = value.doubleValue();
        } else if (value.isTextual() && value.textValue().matches("[0-9]+(\\.[0-9]+)?")) {
            number = Double.parseDouble(value.textValue());
        }
        if (!(number >= 0) || Double.isInfinite(number)) {
            throw at(field).wrong("must be a number of at least 0, is " + value);
        }
        return Optional.of(number);
    }
}
