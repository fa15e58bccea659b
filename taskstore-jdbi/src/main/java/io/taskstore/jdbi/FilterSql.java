package io.taskstore.jdbi;

import io.taskstore.TaskFilter;
import io.taskstore.TaskStatus;
import io.taskstore.TimeRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The conditions of a filter as SQL. Its text depends on which conditions there are and on statuses, which are our own words;
 * every other value is bound.
 */
final class FilterSql {

    private final List<String> conditions = new ArrayList<>();
    private final Map<String, Object> values = new LinkedHashMap<>();

    private FilterSql() {}

    static FilterSql of(TaskFilter filter) {
        FilterSql sql = new FilterSql();
        sql.many("t.id", "ids", filter.ids().isEmpty() ? null : Many.uuids(filter.ids()));
        sql.statuses(filter.statuses());
        sql.texts("t.type", "type", filter.types());
        sql.texts("t.queue", "queue", filter.queues());
        sql.texts("t.submitted_by", "submitter", filter.submitters());
        sql.many(
                "t.workflow_id", "workflows", filter.workflowIds().isEmpty() ? null : Many.uuids(filter.workflowIds()));
        filter.step().ifPresent(step -> sql.add("t.step = :step", "step", step));
        filter.uniqueKey().ifPresent(key -> sql.add("t.unique_key = :key", "key", key));
        filter.titlePrefix().ifPresent(sql::titlePrefix);
        sql.metadata(filter.metadata());
        sql.range("t.created_at", "created", filter.created());
        sql.range("t.updated_at", "updated", filter.updated());
        sql.range("t.completed_at", "completed", filter.completed());
        return sql;
    }

    /** {@return the conditions, as they follow WHERE} */
    String where() {
        return conditions.isEmpty() ? "1 = 1" : String.join("\n AND ", conditions);
    }

    <S extends SqlStatement<S>> S bind(S statement) {
        values.forEach(statement::bind);
        return statement;
    }

    void add(String condition, String name, Object value) {
        conditions.add(condition);
        values.put(name, value);
    }

    void add(String condition) {
        conditions.add(condition);
    }

    private void many(String column, String name, @org.jspecify.annotations.Nullable Many many) {
        if (many != null) {
            add(column + " IN MANY (:" + name + ")", name, many);
        }
    }

    /** One value is compared with =, by which an index also gives the order behind it. */
    private void texts(String column, String name, Collection<String> texts) {
        if (texts.size() == 1) {
            add(column + " = :" + name, name, texts.iterator().next());
        } else if (!texts.isEmpty()) {
            add(column + " IN MANY (:" + name + ")", name, Many.texts(texts));
        }
    }

    private void statuses(Set<TaskStatus> statuses) {
        if (!statuses.isEmpty()) {
            add(statuses.stream()
                    .sorted()
                    .map(status -> "'" + status.name() + "'")
                    .collect(Collectors.joining(", ", "t.status IN (", ")")));
        }
    }

    private void titlePrefix(String prefix) {
        add("t.title >= :title_from", "title_from", prefix);
        String after = following(prefix);
        if (!after.isEmpty()) {
            add("t.title < :title_to", "title_to", after);
        }
    }

    /** {@return the first text, by code points, behind all that begin with the prefix; empty if there is none} */
    static String following(String prefix) {
        int end = prefix.length();
        while (end > 0) {
            int last = prefix.codePointBefore(end);
            end -= Character.charCount(last);
            if (last < Character.MAX_CODE_POINT) {
                int next = last + 1 == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : last + 1;
                return new StringBuilder(prefix.substring(0, end))
                        .appendCodePoint(next)
                        .toString();
            }
        }
        return "";
    }

    private void metadata(Map<String, String> metadata) {
        int i = 0;
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
            values.put("meta_name" + i, entry.getKey());
            values.put("meta_value" + i, entry.getValue());
            conditions.add(String.format("""
                    EXISTS (
                        SELECT 1 FROM taskstore_metadata m
                         WHERE m.task_id = t.id AND m.name = :meta_name%1$d AND m.value = :meta_value%1$d)""", i));
            i++;
        }
    }

    private void range(String column, String name, TimeRange range) {
        range.from().ifPresent(from -> add(column + " >= :" + name + "_from", name + "_from", from));
        range.to().ifPresent(to -> add(column + " < :" + name + "_to", name + "_to", to));
    }
}
