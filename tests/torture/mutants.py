"""Small wrong programs: one comparison, boolean, number, string key or return value of a module changed at a time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass

OTHER: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change: where it is (line, number of the node in the tree, variant) and what it does, in words."""

    line: int
    node: int
    variant: str
    says: str


def mutants(source: str) -> list[Mutant]:
    """All mutants of a module, in the order of its lines."""
    tree = ast.parse(source)
    silent = _not_run(tree)
    found = [
        Mutant(getattr(node, "lineno", 0), number, name, f"{_text(node)} → {_text(changed)}")
        for number, node in enumerate(ast.walk(tree))
        if number not in silent
        for name, change in _changes(node)
        if (changed := change(deepcopy(node))) is not None
    ]
    return sorted(found, key=lambda m: (m.line, m.node, m.variant))


def mutated(source: str, mutant: Mutant) -> ast.Module:
    """The module with that one change."""
    tree = ast.parse(source)
    target = list(ast.walk(tree))[mutant.node]
    change = dict(_changes(target))[mutant.variant]

    class Swap(ast.NodeTransformer):
        def visit(self, node: ast.AST) -> ast.AST | None:
            return change(node) if node is target else self.generic_visit(node)

    done = Swap().visit(tree)
    assert isinstance(done, ast.Module)
    return ast.fix_missing_locations(done)


def _not_run(tree: ast.Module) -> set[int]:
    """Docstrings, annotations, imports, assertions for the type checker and log lines: no test should have to see them."""
    silent: set[int] = set()
    numbers = {id(node): number for number, node in enumerate(ast.walk(tree))}

    def hush(node: ast.AST | None) -> None:
        if node is not None:
            silent.update(numbers[id(inner)] for inner in ast.walk(node))

    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant()) | ast.Assert() | ast.Import() | ast.ImportFrom():
                hush(node)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="log")))):
                hush(node)
            case ast.FunctionDef():
                hush(node.returns)
                for argument in (*node.args.args, *node.args.kwonlyargs):
                    hush(argument.annotation)
                for decorator in node.decorator_list:
                    hush(decorator)
            case ast.AnnAssign():
                hush(node.annotation)
            case ast.ClassDef():
                for decorator in node.decorator_list:
                    hush(decorator)
            case _:
                pass
    return silent


Change = Callable[[ast.AST], ast.AST | None]


def _changes(node: ast.AST) -> Iterator[tuple[str, Change]]:
    match node:
        case ast.Compare(ops=[op]) if type(op) in OTHER:
            yield "compare", _other_comparison
        case ast.BoolOp():
            yield "boolean", _other_boolean
        case ast.UnaryOp(op=ast.Not()):
            yield "negation", lambda n: n.operand if isinstance(n, ast.UnaryOp) else None
        case ast.Constant(value=bool()):
            yield "constant", lambda n: ast.Constant(value=not _constant(n))
        case ast.Constant(value=int() | float()):
            yield "number", lambda n: ast.Constant(value=_constant(n) + 1)
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            yield "arithmetic", _other_arithmetic
        case ast.IfExp():
            yield "branches", _swapped
        case ast.Return(value=value) if value is not None and not _is_falsy(value):
            yield "return", lambda _: ast.Return(value=ast.Constant(value=None))
        case _:
            return


def _other_comparison(node: ast.AST) -> ast.AST | None:
    assert isinstance(node, ast.Compare)
    return ast.Compare(left=node.left, ops=[OTHER[type(node.ops[0])]()], comparators=node.comparators)


def _other_boolean(node: ast.AST) -> ast.AST | None:
    assert isinstance(node, ast.BoolOp)
    return ast.BoolOp(op=ast.Or() if isinstance(node.op, ast.And) else ast.And(), values=node.values)


def _other_arithmetic(node: ast.AST) -> ast.AST | None:
    assert isinstance(node, ast.BinOp)
    return ast.BinOp(
        left=node.left, op=ast.Sub() if isinstance(node.op, ast.Add) else ast.Add(), right=node.right
    )


def _swapped(node: ast.AST) -> ast.AST | None:
    assert isinstance(node, ast.IfExp)
    return ast.IfExp(test=node.test, body=node.orelse, orelse=node.body)


def _constant(node: ast.AST) -> int:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, (int, float))
    return int(node.value)


def _is_falsy(value: ast.expr) -> bool:
    """None instead of False, "" or () is the same to whoever asks ``if``."""
    empty = isinstance(value, ast.Tuple) and not value.elts
    return empty or (isinstance(value, ast.Constant) and not value.value)


def _text(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:90]
