package io.taskstore.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ModuleShapeTest {
    @TempDir
    private Path folder;

    @Test
    void aModuleInShapePasses() {
        var shape = shape(
                        "package app; public interface Port { int[] sizes(); }",
                        "package app; final class Hidden {}",
                        "package app; abstract class Base {}",
                        "package app; sealed class Open permits Closed {}",
                        "package app; final class Closed extends Open {}",
                        "package app; enum Colour { RED { @Override int code() { return 1; } }; abstract int code(); }",
                        "package app; record Pair(int a, int b) {}",
                        "package app.spi; public interface Storage extends app.Port {}",
                        "package app.spi; final class Now { Object at(java.time.Clock c) { return java.time.Instant.now(c); } }")
                .publicTypes("Port", "spi.Storage");

        assertThatCode(shape::verify).doesNotThrowAnyException();
    }

    @Test
    void onlyTheMainClassesOfTheModuleAreLookedAt() {
        assertThat(MainClasses.of("io.taskstore.architecture"))
                .extracting(JavaClass::getSimpleName)
                .contains("ModuleShape")
                .doesNotContain("ModuleShapeTest");
    }

    @Test
    void aModuleThatIsNotThereIsAnError() {
        var error = catchThrowableOfType(AssertionError.class, () -> ModuleShape.of("no.such.module"));

        assertThat(error).hasMessage("Expected one no/such/module/package-info.class on the class path, found []");
    }

    @Test
    void publicTypesAreExactlyThoseListed() {
        var shape = shape("package app; public final class Surplus {}").publicTypes("Missing", "spi.Absent");

        assertThat(violation(shape)).isEqualTo("""
                app is not in shape:
                Public types that are listed but do not exist: [app.Missing, app.spi.Absent]
                Types that are public but not listed: [app.Surplus]""");
    }

    @Test
    void hiddenClassesAreFinal() {
        assertThat(onlyViolation(shape("package app; class Hidden {}")))
                .contains("top level classes and are not public should be final, abstract or sealed")
                .contains("Class <app.Hidden> is not final, abstract or sealed");
    }

    @Test
    void noPackageIsSplitBetweenModules() {
        assertThat(onlyViolation(shape("package app; final class A {}", "package other; final class B {}")))
                .contains("no package is split between modules", "Class <other.B>");
    }

    @Test
    void everyPackageIsNullMarked() {
        var shape = new ModuleShape("app", CompiledModule.unmarked(folder, "package app; final class A {}"));

        assertThat(onlyViolation(shape))
                .contains("nullness is checked nowhere else")
                .contains("Class <app.A> is not in a package that is @NullMarked");
    }

    @Test
    void packagesHaveNoCyclesEvenThroughTheRoot() {
        var shape = shape(
                        "package app; public final class A { app.part.B b; }",
                        "package app.part; public final class B { app.A a; }")
                .publicTypes("A", "part.B");

        assertThat(onlyViolation(shape)).contains("should be free of cycles", "Slice app", "Slice app.part");
    }

    @Test
    void theRootNeverUsesItsSpi() {
        var shape = shape(
                        "package app; final class A { app.spi.Storage storage; }",
                        "package app.spi; public interface Storage {}")
                .publicTypes("spi.Storage");

        assertThat(onlyViolation(shape))
                .contains("no classes that reside in a package 'app' should depend on classes that reside in")
                .contains("Field <app.A.storage> has type <app.spi.Storage>");
    }

    @Test
    void theSpiUsesNoPackageButTheRoot() {
        var shape = shape(
                        "package app.spi; final class S { app.inner.I i; }", "package app.inner; public interface I {}")
                .publicTypes("inner.I");

        assertThat(onlyViolation(shape)).contains("reside in a package 'app.spi..'", "Field <app.spi.S.i>");
    }

    @Test
    void aDependencyThatIsNotAllowedIsNamed() {
        assertThat(onlyViolation(shape("package app; final class A { javax.sql.DataSource source; }")))
                .contains("should only depend on classes that reside in any package")
                .contains("Field <app.A.source> has type <javax.sql.DataSource>");
    }

    @Test
    void anAllowedDependencyPasses() {
        var shape = shape("package app; final class A { javax.sql.DataSource source; }")
                .mayUse("javax.sql..");

        assertThatCode(shape::verify).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.time.Instant.now();                                | read the system clock
            java.time.LocalDateTime.now();                          | read the system clock
            java.time.ZonedDateTime.now(java.time.ZoneOffset.UTC);  | read the system clock
            java.time.Year.now();                                   | read the system clock
            java.util.function.Supplier<?> s = java.time.Instant::now; | read the system clock
            java.util.function.LongSupplier s = System::currentTimeMillis; | read the system clock
            System.currentTimeMillis();                             | read the system clock
            Thread.sleep(1);                                        | sleep
            java.util.concurrent.TimeUnit.SECONDS.sleep(1);         | sleep
            System.exit(1);                                         | end the process
            Runtime.getRuntime().exit(1);                           | end the process
            Runtime.getRuntime().halt(1);                           | end the process
            Runtime.getRuntime().addShutdownHook(null);             | end the process
            System.out.println();                                   | print
            System.err.println();                                   | print
            new Exception().printStackTrace();                      | print
            """)
    void onlyAProgramMay(String statement, String deed) {
        var shape = body(statement);

        assertThat(onlyViolation(shape)).contains("no classes should " + deed, "Method <app.A.run()>");
        assertThatCode(shape.program()::verify).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Class.forName("A");                                             | load classes by name
            Class.forName("A", false, null);                                | load classes by name
            getClass().getClassLoader().loadClass("A");                     | load classes by name
            new java.net.URLClassLoader(null).loadClass("A");               | load classes by name
            new java.io.ObjectInputStream(null).readObject();               | serialize objects
            new java.io.ObjectOutputStream(null) {};                        | serialize objects
            """)
    void notEvenAProgramMay(String statement, String deed) {
        assertThat(violation(body(statement).program())).contains("no classes should " + deed, "Method <app.A.run()>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.util.logging.Logger.getGlobal();", "Object o = java.util.logging.Level.INFO;"})
    void nobodyUsesTheLoggingOfTheJdk(String statement) {
        var shape = body(statement).mayUse("java.util.logging..").program();

        assertThat(onlyViolation(shape)).contains("no classes should use java.util.logging");
    }

    @Test
    void aProgramPromisesNoPublicTypes() {
        var shape = shape("package app; public final class Main {}").program();

        assertThatCode(shape::verify).doesNotThrowAnyException();
    }

    private ModuleShape body(String statement) {
        return shape("package app; final class A { void run() throws Exception { %s } }".formatted(statement));
    }

    private ModuleShape shape(String... sources) {
        return new ModuleShape("app", CompiledModule.nullMarked(folder, sources));
    }

    private static String onlyViolation(ModuleShape shape) {
        String message = violation(shape);
        assertThat(message).containsOnlyOnce("Architecture Violation").doesNotContain("listed");
        return message;
    }

    private static String violation(ModuleShape shape) {
        return catchThrowableOfType(AssertionError.class, shape::verify).getMessage();
    }
}
