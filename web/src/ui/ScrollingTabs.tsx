import { Tabs } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'

interface ScrollingTabsProps<Name extends string> {
  /** What they are about, for people who hear it. */
  label: string
  tabs: { name: Name; title: string }[]
  value: Name
  choose: (name: Name) => void
  /** What the chosen one shows. */
  children: ReactNode
}

/** Tabs in one row, which scrolls by itself where there is little room. */
export function ScrollingTabs<Name extends string>({
  label,
  tabs,
  value,
  choose,
  children,
}: ScrollingTabsProps<Name>) {
  const list = useRef<HTMLDivElement>(null)
  // The chosen one is in sight, without the page being moved.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is looked for anew whenever another is chosen
  useEffect(() => {
    const chosen = list.current?.querySelector<HTMLElement>('[aria-selected="true"]')
    if (list.current && chosen) list.current.scrollLeft = chosen.offsetLeft - 48
  }, [value])
  return (
    <Tabs value={value} onChange={(name) => name && choose(name as Name)}>
      <Tabs.List
        ref={list}
        aria-label={label}
        style={{ flexWrap: 'nowrap', overflowX: 'auto', overflowY: 'hidden' }}
      >
        {tabs.map(({ name, title }) => (
          <Tabs.Tab key={name} value={name} style={{ flexShrink: 0 }}>
            {title}
          </Tabs.Tab>
        ))}
      </Tabs.List>
      <Tabs.Panel value={value} pt="md">
        {children}
      </Tabs.Panel>
    </Tabs>
  )
}
