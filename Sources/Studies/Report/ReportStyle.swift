/// The page's own style sheet: no fonts, pictures or scripts from anywhere else.
enum ReportStyle {
  static let sheet = """
    :root{color-scheme:light dark;--paper:#fff;--ink:#1d1d1f;--soft:#5b5b63;--line:#d9d9de;
    --panel:#f6f6f8;--good:#00653e;--bad:#a30020;--none:#6b5200}
    @media (prefers-color-scheme:dark){:root{--paper:#16171a;--ink:#ececf0;--soft:#a9a9b4;
    --line:#3a3b42;--panel:#202227;--good:#6fd6a6;--bad:#ff8f9f;--none:#e5c56a}
    figure svg{filter:invert(.91) hue-rotate(180deg)}}
    *{box-sizing:border-box}
    body{margin:0 auto;padding:1rem;max-width:68rem;background:var(--paper);color:var(--ink);
    font:1rem/1.5 ui-sans-serif,system-ui,"Segoe UI",Helvetica,Arial,sans-serif}
    h1{font-size:1.6rem;line-height:1.25;margin:.5rem 0}
    h2{font-size:1.25rem;margin:2rem 0 .5rem}
    h1,h2,p,summary{overflow-wrap:anywhere}
    td,th{overflow-wrap:break-word}
    section.verdict td{overflow-wrap:anywhere}
    section.verdict{border:1px solid var(--line);border-radius:.5rem;padding:1rem;margin:1rem 0;
    background:var(--panel)}
    section.verdict h2{margin-top:0}
    .grade{display:inline-block;padding:.1rem .6rem;border:2px solid currentColor;
    border-radius:.4rem;font-weight:700}
    .sentence{font-size:1.1rem}
    .soft,caption{color:var(--soft)}
    .columns,.charts{display:grid;gap:1rem;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr))}
    figure{margin:0;border:1px solid var(--line);border-radius:.5rem;overflow:hidden}
    figure svg{display:block;width:100%;height:auto}
    figcaption{padding:.5rem .75rem;color:var(--soft);font-size:.9rem}
    .scroll{overflow-x:auto;margin:.75rem 0}
    table{border-collapse:collapse;width:100%;font-size:.92rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;padding:.25rem 0;max-width:calc(100vw - 4rem)}
    th,td{padding:.3rem .6rem;border-bottom:1px solid var(--line);text-align:left;
    vertical-align:top}
    thead th{border-bottom:2px solid var(--line)}
    tbody th{font-weight:500}
    .number{text-align:right;white-space:nowrap}
    ul.checks{list-style:none;margin:0;padding:0}
    ul.checks li{padding:.25rem 0;border-bottom:1px solid var(--line)}
    ul.checks b{display:inline-block;min-width:5.5rem}
    .passed b{color:var(--good)}.failed b{color:var(--bad)}.missing b{color:var(--none)}
    pre{overflow-x:auto;padding:.75rem;border:1px solid var(--line);border-radius:.5rem;
    background:var(--panel);font:.85rem/1.45 ui-monospace,Menlo,Consolas,monospace}
    @media print{body{max-width:none}pre{white-space:pre-wrap}}
    """
}
