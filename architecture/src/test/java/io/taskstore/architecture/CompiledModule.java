package io.taskstore.architecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/** A small module, compiled from sources that stand in the test that needs them. */
final class CompiledModule {
    private static final Pattern PACKAGE = Pattern.compile("package ([\\w.]+);");
    private static final Pattern TYPE = Pattern.compile("(?:class|interface|enum|record) (\\w+)");

    private CompiledModule() {}

    /** Each source is one type with its package; every package is made {@code @NullMarked}. */
    static JavaClasses nullMarked(Path folder, String... sources) {
        var packageInfos = Stream.of(sources)
                .map(source -> find(PACKAGE, source))
                .distinct()
                .map(name ->
                        file(name, "package-info", "@org.jspecify.annotations.NullMarked package %s;".formatted(name)));
        return compile(folder, Stream.concat(packageInfos, Stream.of(sources).map(CompiledModule::file)));
    }

    static JavaClasses unmarked(Path folder, String source) {
        return compile(folder, Stream.of(file(source)));
    }

    private static JavaClasses compile(Path folder, Stream<JavaFileObject> files) {
        var options = List.of("-d", folder.toString(), "-proc:none");
        boolean compiled = ToolProvider.getSystemJavaCompiler()
                .getTask(null, null, null, options, null, files.toList())
                .call();
        if (!compiled) {
            throw new IllegalArgumentException("does not compile");
        }
        return new ClassFileImporter().importPath(folder);
    }

    private static JavaFileObject file(String source) {
        return file(find(PACKAGE, source), find(TYPE, source), source);
    }

    private static JavaFileObject file(String packageName, String name, String source) {
        URI uri = URI.create("string:///" + packageName.replace('.', '/') + "/" + name + ".java");
        return new SimpleJavaFileObject(uri, JavaFileObject.Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return source;
            }
        };
    }

    private static String find(Pattern pattern, String source) {
        Matcher matcher = pattern.matcher(source);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no " + pattern + " in: " + source);
        }
        return matcher.group(1);
    }
}
