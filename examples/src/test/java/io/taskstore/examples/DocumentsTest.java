package io.taskstore.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents show and link to is there. */
final class DocumentsTest {

    private static final Path PROJECT = Path.of("").toAbsolutePath().getParent();
    private static final Pattern JAVA = Pattern.compile("^```java\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern UNNAMED =
            Pattern.compile("^(```\\w*)\\n(.*?)^```", Pattern.MULTILINE | Pattern.DOTALL);
    private static final Pattern LINK = Pattern.compile("\\]\\((?!https?:)([^)#\\s]*)(#[^)\\s]*)?\\)");

    private static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>();
        for (String folder : List.of("", "docs", "docs/adr", "examples")) {
            try (Stream<Path> files = Files.list(PROJECT.resolve(folder))) {
                files.filter(file -> file.toString().endsWith(".md")).forEach(documents::add);
            }
        }
        return documents;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String withoutSpace(String text) {
        return text.replaceAll("\\s+", "");
    }

    @Test
    void everyLineOfJavaInADocumentIsCompiled() throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(PROJECT.resolve("examples/src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .map(DocumentsTest::read)
                    .map(DocumentsTest::withoutSpace)
                    .toList();
        }
        int shown = 0;
        for (Path document : documents()) {
            Matcher blocks = JAVA.matcher(read(document));
            while (blocks.find()) {
                String block = withoutSpace(blocks.group(1));
                shown++;
                assertThat(sources)
                        .as("a file under examples/src with these lines of %s:%n%s", document, blocks.group(1))
                        .anyMatch(source -> source.contains(block));
            }
        }
        assertThat(shown).isGreaterThan(5);
    }

    @Test
    void javaIsSaidToBeJava() throws IOException {
        for (Path document : documents()) {
            Matcher blocks = UNNAMED.matcher(read(document));
            while (blocks.find()) {
                if (blocks.group(1).equals("```")) {
                    assertThat(blocks.group(2)).as("a block of %s", document).doesNotContainPattern("(?m);( *//.*)?$");
                }
            }
        }
    }

    @Test
    void everyLinkInADocumentLeadsSomewhere() throws IOException {
        for (Path document : documents()) {
            Matcher links = LINK.matcher(read(document));
            while (links.find()) {
                Path target = links.group(1).isEmpty() ? document : document.resolveSibling(links.group(1));
                assertThat(target)
                        .as("what %s links to as %s", document, links.group())
                        .exists();
            }
        }
    }
}
