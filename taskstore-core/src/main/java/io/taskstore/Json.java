package io.taskstore;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;

/** What the door asks of JSON text: well-formed, one value, not too long, not too deep, and storable as it is. */
final class Json {

    static final int LARGEST = 1 << 20;
    static final int DEEPEST = 200;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LARGEST)
                    .maxNameLength(LARGEST)
                    .maxNumberLength(LARGEST)
                    .build())
            .build();

    private Json() {}

    /** Accepts JSON text of at most so many bytes in UTF-8; the message of a refusal never quotes it. */
    static String check(String field, String json, int largest) {
        Check.given(field, json);
        long length = json.length() > largest ? json.length() : Text.utf8Length(json);
        if (length < 0) {
            throw InvalidInputException.unquoted(field, Check.STORABLE, "but has one of them");
        }
        if (length > largest) {
            throw InvalidInputException.unquoted(
                    field, "at most " + largest + " bytes of JSON", "but has at least " + length);
        }
        try (JsonParser parser = FACTORY.createParser(json)) {
            if (parser.nextToken() == null) {
                throw InvalidInputException.unquoted(field, "one JSON value", "but is empty");
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw InvalidInputException.unquoted(field, "one JSON value", "but more follows after the first");
            }
            return json;
        } catch (StreamConstraintsException e) {
            throw InvalidInputException.unquoted(field, "nested at most " + DEEPEST + " deep", "but goes deeper");
        } catch (IOException e) {
            throw InvalidInputException.unquoted(field, "well-formed JSON", "but is not");
        }
    }
}
